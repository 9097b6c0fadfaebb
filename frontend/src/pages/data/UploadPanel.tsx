import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { cancelUpload, forgetUpload, type Upload, type UploadFile, uploadShare, useUploads } from "@/app/uploads";
import { Button, Icon, IconButton, ProgressBar, useFormat } from "@/ui";
import { useSendFiles } from "./AddImages";
import { keptFiles } from "./keptFiles";

const MULTI_PAGE = "multi_page";

/** How each file of an upload into this project does, by name. */
export function UploadPanel({ project }: { project: number }) {
  const uploads = useUploads().filter((upload) => upload.project === project);
  return uploads.map((upload) => <OneUpload key={upload.id} upload={upload} />);
}

function OneUpload({ upload }: { upload: Upload }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const send = useSendFiles(upload.project);
  const running = upload.state === "running";
  const of = (state: UploadFile["state"]) => upload.files.filter((file) => file.state === state);
  const refused = of("refused");
  const doubles = upload.files.filter((file) => file.duplicateOf !== null);
  const large = upload.files.filter((file) => file.job !== undefined);
  const pages = new Set(refused.filter((file) => file.code === MULTI_PAGE).map((file) => file.path));
  const again = keptFiles(upload.id, pages);
  const summary = [
    t("upload.stored", { count: of("done").length, total: format.number(upload.files.length) }),
    large.length > 0 ? t("upload.large", { count: large.length }) : "",
    doubles.length > 0 ? t("upload.doubles", { count: doubles.length }) : "",
    refused.length > 0 ? t("common:upload.refused", { count: refused.length }) : "",
  ].filter(Boolean);
  const shown = [...refused, ...(running ? of("sending") : []), ...large, ...doubles];
  return (
    <section
      aria-label={t("upload.title")}
      style={{ padding: "8px 20px", borderBottom: "1px solid var(--lw-line)", flex: "none" }}
    >
      <div className="row">
        <Icon name="upload" size="s" />
        <span className="m sm">{summary.join(" · ")}</span>
        <span className="sp" />
        {again.length > 0 && !running && (
          <Button size="s" onClick={() => send(again, "split")}>
            {t("upload.split", { count: again.length })}
          </Button>
        )}
        <IconButton
          icon="close"
          size="s"
          label={running ? t("common:upload.stop") : t("common:close")}
          onClick={() => (running ? cancelUpload(upload.id) : forgetUpload(upload.id))}
        />
      </div>
      {running && <ProgressBar value={uploadShare(upload)} label={t("upload.title")} />}
      {shown.length > 0 && (
        <details open={refused.length > 0} style={{ marginTop: 4 }}>
          <summary className="sm t2">{t("upload.files")}</summary>
          <ul className="upload-files">
            {shown.slice(0, 200).map((file) => (
              <FileLine key={file.path} file={file} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function FileLine({ file }: { file: UploadFile }) {
  const { t } = useTranslation("data");
  return (
    <li>
      <span className="el" title={file.path}>
        {file.path}
      </span>
      <span>{file.state === "sending" && <ProgressBar value={file.sent} label={file.name} />}</span>
      {file.state === "refused" && (
        <span className="bad el" title={`${file.code}: ${file.detail}`}>
          {file.detail || file.code} <span className="t3">{file.code}</span>
        </span>
      )}
      {file.job !== undefined && (
        <Link className="el" to={`/jobs/${file.job}`}>
          {t("upload.tiles")}
        </Link>
      )}
      {file.duplicateOf !== null && <span className="warn el">{t("upload.double", { id: file.duplicateOf })}</span>}
    </li>
  );
}
