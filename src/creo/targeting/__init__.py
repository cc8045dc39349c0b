"""Who qualifies for the programme and why: runs, comparisons of designs, enrolment."""
