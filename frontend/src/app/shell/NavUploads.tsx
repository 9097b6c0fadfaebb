import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { cancelUpload, forgetUpload, type Upload, uploadShare, useUploads } from "@/app/uploads";
import { Icon, IconButton, ProgressBar, useFormat } from "@/ui";

/** Uploads go on while people walk about; here is how far they are, and which files were refused. */
export function NavUploads() {
  const uploads = useUploads();
  return (
    <>
      {uploads.map((upload) => (
        <NavUpload key={upload.id} upload={upload} />
      ))}
    </>
  );
}

function NavUpload({ upload }: { upload: Upload }) {
  const { t } = useTranslation("common");
  const format = useFormat();
  const running = upload.state === "running";
  const refused = upload.files.filter((file) => file.state === "refused");
  const done = upload.files.filter((file) => file.state === "done").length;
  const label = running ? t("upload.running", { count: upload.files.length }) : t("upload.done", { count: done });
  return (
    <div style={{ padding: 8, borderTop: "1px solid var(--lw-line)" }}>
      <div className="row g4 xs t2" style={{ marginBottom: running ? 5 : 0 }}>
        <Icon name="upload" size="s" />
        <Link to={`/projects/${upload.project}/data`} className="el">
          {label}
        </Link>
        <span className="sp" />
        {running ? <span className="nw">{format.percent(uploadShare(upload))}</span> : null}
        <IconButton
          icon="close"
          size="s"
          label={running ? t("upload.stop") : t("close")}
          onClick={() => (running ? cancelUpload(upload.id) : forgetUpload(upload.id))}
        />
      </div>
      {running && <ProgressBar value={uploadShare(upload)} label={label} />}
      {refused.length > 0 && (
        <details className="xs">
          <summary className="bad">{t("upload.refused", { count: refused.length })}</summary>
          <ul className="t2" style={{ maxHeight: 160, overflow: "auto" }}>
            {refused.map((file) => (
              <li key={file.path} title={file.detail}>
                {file.name}: {file.detail || file.code}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
