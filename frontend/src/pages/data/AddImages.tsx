import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { droppedFiles, inputFiles, type PickedFile } from "@/app/pickedFiles";
import { startUpload } from "@/app/uploads";
import { Button, Dialog, DialogButtons, DropZone, Icon, Seg, showToast } from "@/ui";
import { keepFiles } from "./keptFiles";

type Way = "files" | "urls";
const MOST_URLS = 100_000;

/** Starts an upload that goes on while people walk about, and keeps the files for a second try. */
export function useSendFiles(project: number) {
  const queries = useQueryClient();
  return (files: PickedFile[], pages: "refuse" | "split" = "refuse") => {
    if (files.length === 0) return;
    const id = startUpload({
      project,
      files,
      pages,
      onStored: () => void queries.invalidateQueries({ queryKey: ["project", project] }),
    });
    keepFiles(id, files);
  };
}

interface AddImagesProps {
  project: number;
  opened: boolean;
  onClose: () => void;
}

export function AddImages({ project, opened, onClose }: AddImagesProps) {
  const { t } = useTranslation("data");
  const [way, setWay] = useState<Way>("files");
  const [split, setSplit] = useState(false);
  return (
    <Dialog opened={opened} title={t("add.title")} onClose={onClose} width={560}>
      <div style={{ display: "grid", gap: 12 }}>
        <Seg
          label={t("add.way")}
          value={way}
          onChange={setWay}
          options={[
            { value: "files", label: t("add.files") },
            { value: "urls", label: t("add.urls") },
          ]}
        />
        {way === "files" ? (
          <FilesWay project={project} split={split} onClose={onClose} />
        ) : (
          <UrlsWay project={project} split={split} onClose={onClose} />
        )}
        <Checkbox
          label={t("add.split")}
          description={t("add.splitHelp")}
          checked={split}
          onChange={(event) => setSplit(event.currentTarget.checked)}
        />
      </div>
    </Dialog>
  );
}

interface WayProps {
  project: number;
  split: boolean;
  onClose: () => void;
}

function FilesWay({ project, split, onClose }: WayProps) {
  const { t } = useTranslation("data");
  const send = useSendFiles(project);
  const folder = useRef<HTMLInputElement>(null);
  function take(files: PickedFile[]) {
    if (files.length === 0) return;
    send(files, split ? "split" : "refuse");
    onClose();
  }
  return (
    <>
      <DropZone
        label={t("add.drop")}
        onDrop={(transfer) => void droppedFiles(transfer).then(take)}
        onPick={(files) => take(inputFiles(files))}
      >
        <Icon name="upload" size="l" />
        <span className="t2">{t("add.drop")}</span>
        <span className="t3 sm">{t("add.kinds")}</span>
      </DropZone>
      <div>
        <Button icon="folder" onClick={() => folder.current?.click()}>
          {t("add.folder")}
        </Button>
        <input
          ref={(element) => {
            folder.current = element;
            element?.setAttribute("webkitdirectory", "");
          }}
          type="file"
          multiple
          hidden
          aria-label={t("add.folder")}
          onChange={(event) => take(inputFiles(event.currentTarget.files))}
        />
      </div>
    </>
  );
}

function UrlsWay({ project, split, onClose }: WayProps) {
  const { t } = useTranslation("data");
  const queries = useQueryClient();
  const [list, setList] = useState("");
  const [group, setGroup] = useState("");
  const [licence, setLicence] = useState("");
  const [duplicates, setDuplicates] = useState<string>("skip");
  const urls = list
    .split(/\s+/)
    .map((line) => line.trim())
    .filter(Boolean);
  const bad = urls.find((url) => !/^https?:\/\/\S+$/i.test(url));
  const start = useMutation({
    mutationFn: () =>
      api.post<Schemas["JobStarted"]>(`/projects/${project}/assets`, {
        urls,
        pages: split ? "split" : "refuse",
        duplicates,
        group: group.trim(),
        licence: licence.trim(),
      }),
    onSuccess: () => {
      onClose();
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      showToast({ tone: "ok", title: t("add.urlsStarted", { count: urls.length }), detail: t("add.urlsJob") });
    },
  });
  return (
    <form
      style={{ display: "grid", gap: 10 }}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Textarea
        label={t("add.urlList")}
        description={t("add.urlHelp")}
        data-autofocus
        autosize
        minRows={5}
        maxRows={12}
        value={list}
        error={bad ? t("add.urlBad", { url: bad.slice(0, 60) }) : undefined}
        onChange={(event) => setList(event.currentTarget.value)}
      />
      <div className="row" style={{ alignItems: "flex-end" }}>
        <TextInput label={t("filter.group")} value={group} onChange={(event) => setGroup(event.currentTarget.value)} />
        <TextInput
          label={t("field.licence")}
          value={licence}
          onChange={(event) => setLicence(event.currentTarget.value)}
        />
        <Select
          label={t("add.duplicates")}
          allowDeselect={false}
          data={["skip", "keep"].map((value) => ({ value, label: t(`add.duplicate.${value}`) }))}
          value={duplicates}
          onChange={(value) => setDuplicates(value ?? "skip")}
        />
      </div>
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={start.isPending}
          disabled={urls.length === 0 || urls.length > MOST_URLS || bad !== undefined}
        >
          {t("add.fetch", { count: urls.length })}
        </Button>
      </DialogButtons>
    </form>
  );
}
