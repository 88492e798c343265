# syntax=docker/dockerfile:1
# ombud as a container: one binary, its config beside it, nobody's user.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The caches keep rebuilds short; the binary has to leave them before the layer ends.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin ombud \
    && install -D target/release/ombud /out/ombud

FROM debian:bookworm-slim
RUN groupadd --system --gid 10001 ombud \
    && useradd --system --uid 10001 --gid ombud --home-dir /srv/ombud --shell /usr/sbin/nologin ombud \
    && install -d -o ombud -g ombud /srv/ombud /srv/ombud/data
COPY --from=build /out/ombud /usr/local/bin/ombud
COPY config /srv/ombud/config
COPY LICENSE LICENSE-MIT LICENSE-APACHE /usr/share/doc/ombud/

USER 10001:10001
WORKDIR /srv/ombud
# Inside a container loopback reaches nobody; what the host publishes is the host's decision.
ENV OMBUD_BIND=0.0.0.0:8080
EXPOSE 8080
VOLUME /srv/ombud/data
# On SIGTERM, requests under way are finished and event streams ended.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["ombud", "health", "--address", "127.0.0.1:8080"]
ENTRYPOINT ["ombud"]
CMD ["serve"]
