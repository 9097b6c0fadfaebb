/** What is known of a project's audits. */
export const auditsKey = (project: number) => ["project", project, "audits"];
