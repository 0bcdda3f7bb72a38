declare module '*.css';
declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent;
  export default component;
}
declare module 'libpg-query/wasm/libpg-query.js' {
  const factory: unknown;
  export default factory;
}
