import { Link } from 'wouter-preact';
import { useCategories } from '../../data/channels.ts';
import { Picture } from '../../parts/card.tsx';
import { Failure } from '../../parts/notice.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import './categories.css';

const skeletons = Array.from({ length: 12 }, (_, index) => index);

/** All categories. */
export function Categories() {
  const { data, isPending, isError, error, refetch } = useCategories();
  useTitle('Categories');
  return (
    <div class="page">
      <div class="pageHead">
        <h1>Categories</h1>
      </div>
      {isError && data === undefined && <Failure error={error} retry={() => void refetch()} />}
      <ul class="categoryTiles" aria-busy={isPending}>
        {isPending && skeletons.map(index => <li class="categoryTile skeleton" key={index} />)}
        {data?.map(({ id, name }) => (
          <li key={id}>
            <Link class="categoryTile" href={`/categories/${id}`}>
              <Picture url={null} name={id} />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
