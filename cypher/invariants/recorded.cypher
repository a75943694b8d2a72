// An item has an id, an audience, the instants of its happening, making and last change, and a version from 1.
// result: rows
MATCH (item:Item)
WHERE item.id IS NULL OR size(item.id) <> 36 OR item.audience IS NULL OR item.at IS NULL OR item.createdAt IS NULL
  OR item.updatedAt IS NULL OR item.version IS NULL OR item.version < 1
RETURN item.id AS id
