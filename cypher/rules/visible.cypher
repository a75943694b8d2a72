// The whole rule of who may see: an item is for one audience, a viewer belongs to several.
// parameters: audiences
// result: rule
item.audience IN $audiences
