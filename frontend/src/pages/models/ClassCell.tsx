import type { ReactNode } from "react";
import type { Schemas } from "@/api/types";
import { classTitle } from "@/app/schema";
import { Swatch } from "@/ui";

interface ClassCellProps {
  id: number;
  classes: ReadonlyMap<number, Pick<Schemas["Class"], "name" | "title" | "color">>;
  children?: ReactNode;
}

/** A class in a table: its colour and its name. */
export function ClassCell({ id, classes, children }: ClassCellProps) {
  return (
    <span className="row g6">
      <Swatch color={classes.get(id)?.color ?? "#c4c4c4"} />
      <span className="el">{classTitle(classes, id)}</span>
      {children}
    </span>
  );
}
