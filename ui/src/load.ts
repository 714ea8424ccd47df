import { onMounted, shallowRef, type ShallowRef } from "vue";

/** What a page shows: its data, or why there is none. */
export interface Loaded<T> {
  data: ShallowRef<T | null>;
  failure: ShallowRef<unknown>;
  loading: ShallowRef<boolean>;
  reload: () => Promise<void>;
}

/** Reads a page's data when it appears and again on demand; an older answer never replaces a newer one. */
export function useLoad<T>(read: () => Promise<T | null>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const failure = shallowRef<unknown>(null);
  const loading = shallowRef(true);
  let turn = 0;

  async function reload(): Promise<void> {
    const mine = ++turn;
    loading.value = true;
    failure.value = null;
    try {
      const found = await read();
      if (mine === turn) data.value = found;
    } catch (thrown) {
      if (mine === turn) failure.value = thrown;
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  onMounted(reload);
  return { data, failure, loading, reload };
}
