import { Outlet } from "react-router";
import { useProjectId, useProjectQuery } from "@/app/project";
import { ErrorState, SkeletonRows } from "@/ui";

/** Loads the project before any of its pages. */
export function ProjectLayout() {
  const query = useProjectQuery(useProjectId());
  if (query.data) return <Outlet />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="gut">
      <SkeletonRows />
    </div>
  );
}
