import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { droppedFiles } from "@/app/pickedFiles";
import { useSendFiles } from "./AddImages";

interface DropAnywhereProps {
  project: number;
  enabled: boolean;
  children: ReactNode;
}

/** Files and folders may be dropped anywhere on the page. */
export function DropAnywhere({ project, enabled, children }: DropAnywhereProps) {
  const { t } = useTranslation("data");
  const send = useSendFiles(project);
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent) => enabled && [...event.dataTransfer.types].includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done with the button "Add images"
    <div
      className="col"
      style={{ flex: 1, minHeight: 0 }}
      onDragEnter={(event) => {
        if (!carriesFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!carriesFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDragOver={(event) => carriesFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        depth.current = 0;
        setOver(false);
        if (event.defaultPrevented || !carriesFiles(event)) return;
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then((files) => send(files));
      }}
    >
      {children}
      {over && (
        <div className="drop-veil">
          <div>{t("add.dropHere")}</div>
        </div>
      )}
    </div>
  );
}
