import { RULES } from 'surefoot';

for (const { id, meta } of RULES) {
  if (meta.presets.recommended === 'error') console.log(`${id}: ${meta.description}`);
}
