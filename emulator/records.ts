/** The newest of a kind; older ones are forgotten. */
export interface Records<T> {
  add(record: T): void;
  /** Oldest first. */
  all(): T[];
  clear(): void;
}

const most = 1000;

export function createRecords<T>(onChange: () => void = () => {}): Records<T> {
  let records: T[] = [];
  return {
    add(record) {
      records.push(record);
      if (records.length > most) records.shift();
      onChange();
    },
    all: () => structuredClone(records),
    clear() {
      records = [];
      onChange();
    },
  };
}
