/** What is known of automatic labelling in a project. */
export const automaticKey = (project: number) => ["project", project, "automatic"];
