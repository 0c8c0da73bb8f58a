import { CATALOGUE, type Category } from '../model/category.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs } from '../model/time.ts';
import type { SeedPlan } from './seedPlan.ts';
import { genres } from './words.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * The categories of a set, in order: those that every set has, then the seed file's own. The first have the
 * same ids in every set, so that two sets do not show each of them twice; the file's go with their set.
 */
export function categoriesOf({ set, channels, now }: SeedPlan): Category[] {
  const createdAt = addMs(now, -YEAR_MS);
  const names = channels.flatMap(({ category, stream }) => [category, stream?.category]);
  const bySlug = new Map<string, string>();
  for (const name of [...genres.map(genre => genre.name), ...names]) {
    if (name !== undefined && !bySlug.has(slugOf(name))) bySlug.set(slugOf(name), name);
  }
  return [...bySlug.values()].map((name, index) => ({
    catalogue: CATALOGUE,
    id: categoryId(set, name),
    name,
    sortOrder: index + 1,
    createdAt,
    updatedAt: createdAt,
  }));
}

const shared: ReadonlySet<string> = new Set(genres.map(genre => slugOf(genre.name)));

export function categoryId(set: number, name: string): string {
  const slug = slugOf(name);
  return shared.has(slug) ? `${MOCK_ID_PREFIX}category-${slug}` : `${MOCK_ID_PREFIX}category-${set}-${slug}`;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
