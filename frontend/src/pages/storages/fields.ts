import type { Schemas } from "@/api/types";

export type Storage = Schemas["StorageOut"];
export type Kind = Storage["kind"];
export const KINDS: Kind[] = ["s3", "gcs", "azure", "folder", "http"];

export interface Field {
  name: string;
  required?: boolean;
  /** Several lines, as a key's file has. */
  long?: boolean;
}

/** Where a storage of a kind is, in the order of the form. */
export const PLACE: Record<Kind, Field[]> = {
  s3: [{ name: "bucket", required: true }, { name: "region" }, { name: "endpoint" }, { name: "prefix" }],
  gcs: [{ name: "bucket", required: true }, { name: "prefix" }],
  azure: [{ name: "account", required: true }, { name: "container", required: true }, { name: "prefix" }],
  folder: [{ name: "path", required: true }, { name: "prefix" }],
  http: [{ name: "url", required: true }],
};

/** What opens it. */
export const CREDENTIALS: Record<Kind, Field[]> = {
  s3: [{ name: "access_key_id" }, { name: "secret_access_key" }],
  gcs: [{ name: "service_account", long: true }],
  azure: [{ name: "account_key" }, { name: "sas_token" }],
  folder: [],
  http: [{ name: "authorization" }],
};

export type Values = Record<string, string>;

/** The storage's options as text fields. */
export function valuesOf(storage: Storage): Values {
  return Object.fromEntries(Object.entries(storage.options).map(([name, value]) => [name, String(value ?? "")]));
}

/** Options as they are sent: what was there and the form does not show stays. */
export function optionsOf(kind: Kind, values: Values, before?: Storage): Schemas["StorageIn"]["options"] {
  const shown = Object.fromEntries(PLACE[kind].map(({ name }) => [name, (values[name] ?? "").trim()]));
  return { ...before?.options, kind, ...shown } as Schemas["StorageIn"]["options"];
}

/** Credentials that were typed, or undefined where none were: then those that are kept stay. */
export function credentialsOf(kind: Kind, values: Values): Values | undefined {
  const typed = CREDENTIALS[kind].flatMap(({ name }) => (values[name]?.trim() ? [[name, values[name].trim()]] : []));
  return typed.length > 0 ? Object.fromEntries(typed) : undefined;
}

/** One line that says where it is. */
export function placeOf(storage: Storage): string {
  const { bucket, account, container, path, url, endpoint, prefix } = valuesOf(storage);
  const place = url || path || [account, container].filter(Boolean).join("/") || bucket || "";
  const below = prefix ? `/${prefix}` : "";
  return `${endpoint ? `${endpoint}/` : ""}${place}${below}`;
}
