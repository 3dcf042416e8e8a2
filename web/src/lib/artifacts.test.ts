// @vitest-environment node
import { describe, expect, it } from "vitest";
import { type Dropped, sortFiles } from "./artifacts";

const file = (path: string, content: string): Dropped => ({
  path,
  file: new File([content], path.split("/").at(-1) ?? ""),
});
const artifact = (kind: string) =>
  `{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/${kind}/v12.json"}}`;

describe("sortFiles", () => {
  it("makes one project of the files of one folder, and passes over what dbt leaves beside them", async () => {
    const { projects, others } = await sortFiles([
      file("target/manifest.json", artifact("manifest")),
      file("target/catalog.json", artifact("catalog")),
      file("target/run_results.json", artifact("run-results")),
      file("target/semantic_manifest.json", '{"semantic_models": []}'),
      file("target/graph.gpickle", "x"),
      file("target/compiled/shop/models/a.sql", "select 1"),
      file("target/partial_parse.msgpack", "x"),
    ]);
    expect(projects.map((p) => [p.folder, p.files.map((f) => f.part)])).toEqual([
      ["target", ["manifest", "catalog", "run_results", "semantic_manifest"]],
    ]);
    expect(others).toEqual([]);
  });

  it("keeps projects apart, and knows renamed files by their content", async () => {
    const { projects } = await sortFiles([
      file("a/target/manifest.json", artifact("manifest")),
      file("b/target/manifest (1).json", artifact("manifest")),
      file("b/target/yesterday.json", artifact("run-results")),
      file("b/target/today.json", artifact("run-results")),
    ]);
    expect(projects.map((p) => [p.folder, p.files.length])).toEqual([
      ["a/target", 1],
      ["b/target", 3],
    ]);
  });

  it.each([
    ["models/orders.sql", "select 1", /source/],
    ["target.zip", "PK\x03\x04", /archive/],
    ["package.json", '{"name": "x"}', /JSON, but not/],
    ["photo.png", "\x89PNG", /not an artifact/],
    ["manifest.json", "", /empty file/],
    ["catalog.json", "<html>", /not JSON/],
    ["catalog.json", artifact("catalog"), /without the manifest/],
  ])("explains %s", async (path, content, why) => {
    const { projects, others } = await sortFiles([file(path, content)]);
    expect(projects).toEqual([]);
    expect(others[0]?.why).toMatch(why);
  });

  it("sends the first of two manifests of a folder", async () => {
    const { projects, others } = await sortFiles([
      file("manifest.json", artifact("manifest")),
      file("copy.json", artifact("manifest")),
    ]);
    expect(projects[0]?.files).toHaveLength(1);
    expect(others[0]?.why).toMatch(/second manifest/);
  });
});
