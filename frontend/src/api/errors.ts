export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
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

  /** The message for one field of a form, by the last part of its JSON pointer. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.pointer.split("/").at(-1) === name)?.detail;
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}
