"""Where the programme happens: departments to districts, regional offices, prisons, pavilions, community offices."""
