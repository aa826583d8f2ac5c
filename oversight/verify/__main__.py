from oversight.verify.command import main

if __name__ == "__main__":
    raise SystemExit(main())
