export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** What a code of the server means in another language than its own. Without a `detail` the server's is the only one. */
export type ProblemWords = Record<string, { title: string; detail?: string }>;
let words: ProblemWords = {};

/** From now on problems read as these words say; codes without any read as the server writes them. */
export function readProblemsAs(next: ProblemWords): void {
  words = next;
}

/** A problem that was kept, of a job for example, as one text in the reader's language. */
export function saidOf({ code, detail }: { code: string; detail: string }): string {
  const known = words[code];
  if (!known) return detail;
  const rest = known.detail ?? detail;
  return rest && rest !== known.title ? `${known.title}. ${rest}` : known.title;
}

/** The server's problem+json, or a status of 0 when it could not be reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly requestId: string | null = null,
    /** Every further member of the problem document. */
    readonly extra: Record<string, unknown> = {},
  ) {
    super(`${status} ${code}: ${detail}`);
  }

  /** All of it where there is room for one text only. */
  get sentence(): string {
    return saidOf(this) || this.title;
  }

  /** The message for one field of a form, by the last part of its JSON pointer. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.pointer.split("/").at(-1) === name)?.detail;
  }
}

/** The error that an answer of a status above 399 stands for; its document may be empty, or a proxy's. */
export function problemFrom(
  status: number,
  document: Record<string, unknown>,
  otherwise: { title: string; request: string | null },
): ApiError {
  const { title, code: given, detail, errors, request_id, ...extra } = document;
  const code = typeof given === "string" ? given : `http_${status}`;
  const known = words[code];
  return new ApiError(
    status,
    code,
    known?.title ?? (typeof title === "string" ? title : otherwise.title || `HTTP ${status}`),
    known?.detail ?? (typeof detail === "string" ? detail : ""),
    Array.isArray(errors) ? (errors as FieldError[]) : [],
    typeof request_id === "string" ? request_id : otherwise.request,
    extra,
  );
}

/** Nothing answered at all. */
export function unreached(detail = ""): ApiError {
  const document = { code: "unreachable", title: "The server did not answer", detail };
  return problemFrom(0, document, { title: "", request: null });
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}
