import { defineConfig } from 'vitepress';

export default defineConfig({ title: 'Surefoot', srcDir: '.', outDir: '../site' });
