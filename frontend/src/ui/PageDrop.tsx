import { type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "./Icon";

/** Files dropped anywhere on the page; a veil says what will happen with them. */
export function PageDrop({
  label,
  enabled,
  onDrop,
}: {
  label: ReactNode;
  enabled: boolean;
  onDrop: (transfer: DataTransfer) => void;
}) {
  const [over, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    if (!enabled) return;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    function onDragOver(event: DragEvent) {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    }
    function onDragLeave(event: DragEvent) {
      if (event.relatedTarget === null) setOver(false);
    }
    function onDropped(event: DragEvent) {
      setOver(false);
      if (event.defaultPrevented || !event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      latest.current(event.dataTransfer);
    }
    window.addEventListener("dragover", onDragOver);
    window.addEventListener("dragleave", onDragLeave);
    window.addEventListener("drop", onDropped);
    return () => {
      window.removeEventListener("dragover", onDragOver);
      window.removeEventListener("dragleave", onDragLeave);
      window.removeEventListener("drop", onDropped);
    };
  }, [enabled]);
  if (!over) return null;
  return (
    <div className="page-drop" role="status">
      <Icon name="upload" size="l" />
      <span className="lg m">{label}</span>
    </div>
  );
}
