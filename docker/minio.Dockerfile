# MinIO from its pinned source: the project is archived and gives out no image of this version.
# It is a program of its own (AGPL-3.0); Daylight only talks to it.

FROM golang:1.26-bookworm AS built
RUN CGO_ENABLED=0 GOBIN=/out go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10002 minio \
 && useradd --system --uid 10002 --gid minio --no-create-home --home-dir /nonexistent minio \
 && install --directory --owner minio --group minio --mode 0700 /data
COPY --from=built /out/minio /usr/local/bin/minio
USER minio
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --retries=3 \
  CMD ["curl", "--fail", "--silent", "http://127.0.0.1:9000/minio/health/live"]
CMD ["minio", "server", "--address", ":9000", "/data"]
