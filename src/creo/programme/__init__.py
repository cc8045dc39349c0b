"""The budget programme as dated, cited data: results, products, activities, criteria, models, targets."""
