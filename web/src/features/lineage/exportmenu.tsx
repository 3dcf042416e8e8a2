import { Icon } from "@/ui/icon";
import { Item, Menu } from "@/ui/menu";
import { useToast } from "@/ui/toast";
import { edgesCSV, pngOf, save, svgOf } from "./export";
import type { Scene } from "./scene";
import type { Step } from "./steps";

/** Saves what is drawn: as a picture, or its edges as a table. */
export function ExportMenu({ scene, steps, name }: { scene: Scene; steps: Step[]; name: string }) {
  const toast = useToast();
  const file = name.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "lineage";
  const png = async () => {
    try {
      save(await pngOf(svgOf(scene, name), scene.width, scene.height), `${file}.png`);
    } catch {
      toast("The browser could not make the picture. SVG may work.");
    }
  };
  return (
    <Menu
      label="Export"
      className="btn sm"
      button={
        <>
          <Icon name="download" size={13} />
          Export
        </>
      }
    >
      <Item onAction={png}>Picture, PNG</Item>
      <Item onAction={() => save(new Blob([svgOf(scene, name)], { type: "image/svg+xml" }), `${file}.svg`)}>
        Picture, SVG
      </Item>
      <Item onAction={() => save(new Blob([edgesCSV(scene, steps)], { type: "text/csv" }), `${file}.csv`)}>
        Edges, CSV
      </Item>
    </Menu>
  );
}
