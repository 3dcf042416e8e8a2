import { ExposureDefinition } from "./defexposure";
import { GroupDefinition } from "./defgroup";
import { MacroDefinition, UsedBy } from "./defmacro";
import { MetricDefinition, SavedQueryDefinition, SemanticModelDefinition } from "./defsemantic";
import { UnitTestDefinition } from "./defunittest";
import type { AssetDocument } from "./read";

/** What an asset that is not a table is: the fields of its kind. */
export default function DefinitionTab({ asset }: { asset: AssetDocument }) {
  switch (asset.attributes.kind) {
    case "metric":
      return <MetricDefinition asset={asset} />;
    case "semantic_model":
      return <SemanticModelDefinition asset={asset} />;
    case "saved_query":
      return <SavedQueryDefinition asset={asset} />;
    case "exposure":
      return <ExposureDefinition asset={asset} />;
    case "unit_test":
      return <UnitTestDefinition asset={asset} />;
    case "group":
      return <GroupDefinition asset={asset} />;
    case "doc":
      return <UsedBy asset={asset} />;
    default:
      return <MacroDefinition asset={asset} />;
  }
}
