from oversight.verify.command import main

raise SystemExit(main())
