import { useProject } from "@/app/project";
import { Webhooks } from "./Webhooks";

/** The webhooks of a project. */
export default function ProjectWebhooksPage() {
  const project = useProject();
  return (
    <Webhooks
      place={`/projects/${project.id}`}
      within={project.name}
      back={`/projects/${project.id}/settings`}
      mayEdit={project.actions.includes("webhooks.edit")}
    />
  );
}
