// Takes away what was learnt from a past that is another by now.
// parameters: ids
// result: write
UNWIND $ids AS id
MATCH (fit:UptakeFit {id: id})
DELETE fit
