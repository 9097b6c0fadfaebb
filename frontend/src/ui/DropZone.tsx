import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";

interface DropZoneProps {
  label: string;
  onDrop: (transfer: DataTransfer) => void;
  onPick: (files: FileList | null) => void;
  /** Ask for a folder instead of files. */
  folder?: boolean;
  accept?: string;
  busy?: boolean;
  children: ReactNode;
}

/** A dashed box that takes files by drop, click and keyboard. */
export function DropZone({ label, onDrop, onPick, folder, accept, busy, children }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const id = useId();
  function take(event: DragEvent) {
    event.preventDefault(); // also tells the page-wide drop that this one is taken
    setOver(false);
    if (!busy) onDrop(event.dataTransfer);
  }
  return (
    <>
      <button
        type="button"
        className={`drop ${over ? "on" : ""}`}
        aria-label={label}
        disabled={busy}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={take}
      >
        {children}
      </button>
      <input
        id={id}
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        accept={accept}
        {...(folder ? { webkitdirectory: "" } : {})}
        onChange={(event) => {
          onPick(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
