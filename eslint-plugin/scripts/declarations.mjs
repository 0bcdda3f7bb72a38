import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * The type declarations of what the plugin exports, by file name. They name ESLint's types only, so that they fit whichever
 * version the user has.
 */
export function declarations() {
  return ['index', 'plugin-types'].map(name => {
    const source = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), 'utf8');
    const { outputText } = ts.transpileDeclaration(source, {
      fileName: `${name}.ts`,
      compilerOptions: { isolatedDeclarations: true, declaration: true, module: ts.ModuleKind.NodeNext },
    });
    return { name: `${name}.d.ts`, text: outputText.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'") };
  });
}
