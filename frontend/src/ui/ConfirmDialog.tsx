import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Button } from "./Button";

interface ConfirmDialogProps {
  opened: boolean;
  /** A question. */
  title: string;
  /** The consequence, in numbers. */
  children?: ReactNode;
  /** The verb, as on the button that led here. */
  confirm: string;
  /** The safe way out, e.g. "Keep". */
  keep: string;
  destructive?: boolean;
  busy?: boolean;
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Only for what cannot be undone. Escape is the safe way out. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog opened={props.opened} title={props.title} onClose={props.onClose}>
      {props.children && <div className="t2 sm">{props.children}</div>}
      <DialogButtons>
        <Button keys="Esc" onClick={props.onClose} data-autofocus>
          {props.keep}
        </Button>
        <Button
          kind={props.destructive === false ? "primary" : "danger"}
          busy={props.busy}
          disabled={props.disabled}
          onClick={props.onConfirm}
        >
          {props.confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

interface DialogProps {
  opened: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  width?: number;
}

export function Dialog({ opened, title, onClose, children, width = 420 }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={width} withCloseButton={false} centered>
      {children}
    </Modal>
  );
}

export function DialogButtons({ children }: { children: ReactNode }) {
  return (
    <div className="row g6" style={{ justifyContent: "flex-end", marginTop: 16 }}>
      {children}
    </div>
  );
}
