import { api } from "@/api/client";
import type { Editor } from "@/engine/editor";
import type { Finding } from "./notes";

/** Tell the server that a finding stays as it is: it is not told again, and reviewers see who kept it. Without a network it is
 * kept for this visit only. */
export async function keepFinding(annotation: number, finding: Finding, editor: Editor | null): Promise<void> {
  const { rule, element, other, at, detail, severity, values } = finding;
  const class_id = (element && editor?.region(element)?.class) || null;
  const body = { rule, element, other, at, detail, severity, values, class_id };
  await api.post(`/annotations/${annotation}/keep`, body).catch(() => {});
}
