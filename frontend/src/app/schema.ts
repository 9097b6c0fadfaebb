import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export const schemaKey = (project: number) => ["project", project, "schema"];

/** The current schema of a project. */
export function useSchema(project: number) {
  return useQuery({
    queryKey: schemaKey(project),
    queryFn: () => api.get<Schemas["SchemaOut"]>(`/projects/${project}/schema`),
    staleTime: 60_000,
  });
}

/** Classes of the current schema, by id. */
export function useClasses(project: number): Map<number, Schemas["Class"]> {
  const { data } = useSchema(project);
  return useMemo(() => new Map((data?.body.classes ?? []).map((one) => [one.id, one])), [data]);
}

type Attribute = Schemas["ItemAttribute"];
export type Asked = Pick<Schemas["ClassUse"], "class_id" | "attribute" | "value">;

/** Questions about the whole image of the current schema, by name. */
export function useQuestions(project: number): Map<string, Attribute> {
  const { data } = useSchema(project);
  return useMemo(() => new Map((data?.body.item_attributes ?? []).map((one) => [one.name, one])), [data]);
}

/** What people call an answer: its question and its value. */
export function answerTitle(questions: ReadonlyMap<string, Attribute>, { attribute, value }: Asked): string {
  const asked = questions.get(attribute);
  return `${asked?.title || attribute}: ${asked?.option_titles?.[value] || value}`;
}

/** What people call a class; its number where the schema does not know it. */
export function classTitle(classes: ReadonlyMap<number, Pick<Schemas["Class"], "name" | "title">>, id: number): string {
  const found = classes.get(id);
  return found?.title || found?.name || String(id);
}
