import { catalogue } from '../model/categories.ts';
import { CATALOGUE, type Category } from '../model/category.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs } from '../model/time.ts';
import type { SeedPlan } from './seedPlan.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * Returns the categories that the seed file names and that are not in the shared catalog, in the order of the
 * file and after the shared categories. They are deleted with their set. Seeding never changes the shared
 * categories.
 */
export function categoriesOf({ set, channels, now }: SeedPlan): Category[] {
  const createdAt = addMs(now, -YEAR_MS);
  const bySlug = new Map<string, string>();
  for (const name of channels.flatMap(({ category, stream }) => [category, stream?.category])) {
    if (name === undefined || shared.has(slugOf(name)) || bySlug.has(slugOf(name))) continue;
    bySlug.set(slugOf(name), name);
  }
  return [...bySlug.values()].map((name, index) => ({
    catalogue: CATALOGUE,
    id: categoryId(set, name),
    name,
    sortOrder: catalogue.length + index + 1,
    createdAt,
    updatedAt: createdAt,
  }));
}

const shared: ReadonlySet<string> = new Set(catalogue.map(({ id }) => id));

/**
 * Returns the id of the shared category with that name (ignoring case and punctuation), or the set's own id.
 */
export function categoryId(set: number, name: string): string {
  const slug = slugOf(name);
  return shared.has(slug) ? slug : `${MOCK_ID_PREFIX}category-${set}-${slug}`;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
