import js from "@eslint/js";
import ts from "typescript-eslint";

export default ts.config(
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-spread": "off", // offsets of Python count code points
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      // Text of strangers becomes text nodes; nothing may parse it as markup or script.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text enters the page as text nodes: see elements.ts." },
        { property: "outerHTML", message: "Text enters the page as text nodes: see elements.ts." },
        { property: "insertAdjacentHTML", message: "Text enters the page as text nodes: see elements.ts." },
        { object: "document", property: "write", message: "Text enters the page as text nodes: see elements.ts." },
      ],
    },
  },
  { files: ["test/**"], rules: { "@typescript-eslint/no-floating-promises": "off" } },
);
