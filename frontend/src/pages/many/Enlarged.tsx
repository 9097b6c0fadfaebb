import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAnswerWords } from "./TileGrid";
import type { Tile } from "./tiles";

/** One picture as large as the window, to look closer. Escape goes back. */
export function Enlarged({ tile, onClose }: { tile: Tile | null; onClose: () => void }) {
  const { t } = useTranslation("many");
  const words = useAnswerWords();
  const said = tile ? Object.values(tile.answers).map(words).filter(Boolean).join(" · ") : "";
  return (
    <Modal
      opened={tile !== null}
      onClose={onClose}
      size="auto"
      centered
      title={tile ? t("tile", { number: tile.task.number, name: tile.asset.name, answer: said || t("open") }) : ""}
    >
      {tile && <img className="mn-large" src={tile.asset.urls.preview} alt={tile.asset.name} />}
    </Modal>
  );
}
