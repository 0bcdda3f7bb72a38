import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import MigrationPlayground from '../playground/MigrationPlayground.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('MigrationPlayground', MigrationPlayground);
  },
} satisfies Theme;
