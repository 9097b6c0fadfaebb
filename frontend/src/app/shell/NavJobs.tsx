import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import { Icon, ProgressBar, useFormat } from "@/ui";
import { jobTitle } from "../i18n";

/** The job that runs now, with its progress, above the person. */
export function NavJobs({ jobs }: { jobs: Schemas["JobOut"][] }) {
  const format = useFormat();
  const job = jobs[0];
  if (!job) return null;
  const title = jobTitle(job.title);
  const share = job.total ? job.done / job.total : null;
  return (
    <Link
      to="/jobs"
      className="it"
      style={{ height: "auto", padding: 8, display: "block", borderTop: "1px solid var(--lw-line)", borderRadius: 0 }}
    >
      <span className="row g6 xs t2" style={{ marginBottom: 5 }}>
        <Icon name="chip" size="s" />
        <span className="el">{title}</span>
        <span className="sp" />
        <span className="nw">{share === null ? format.number(job.done) : format.percent(share)}</span>
      </span>
      <ProgressBar value={share} label={title} />
    </Link>
  );
}
