# awsim's server in a container: docker build -t awsim . && docker run --rm -p 127.0.0.1:4566:4566 awsim
FROM python:3.13-slim AS build
WORKDIR /src
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY awsim awsim
RUN python -m venv /opt/awsim \
    && /opt/awsim/bin/pip install --no-cache-dir ".[cli,dynamodb,select,server,snapshot]" \
    && python -m venv /opt/awscli \
    && /opt/awscli/bin/pip install --no-cache-dir "awscli>=1.40,<2"

FROM python:3.13-slim
COPY --from=build /opt/awsim /opt/awsim
COPY --from=build /opt/awscli /opt/awscli
# For init scripts: the AWS CLI, and awslocal, which tells it where the server is.
RUN ln -s /opt/awscli/bin/aws /usr/local/bin/aws \
    && ln -s /opt/awsim/bin/awsim /usr/local/bin/awsim \
    && printf '%s\n' '#!/bin/sh' \
        'export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-test}" AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-test}"' \
        'exec aws --endpoint-url "${AWS_ENDPOINT_URL:-http://127.0.0.1:4566}" "$@"' > /usr/local/bin/awslocal \
    && chmod 0755 /usr/local/bin/awslocal \
    && useradd --system --create-home --home-dir /var/lib/awsim awsim \
    && mkdir -p /etc/awsim/init/boot.d /etc/awsim/init/start.d /etc/awsim/init/ready.d /etc/awsim/init/shutdown.d
USER awsim
WORKDIR /var/lib/awsim
# In a container other machines are what is meant to get in; control endpoints then need a token (AWSIM_TOKEN, else the
# log says which was made up).
ENV GATEWAY_LISTEN=0.0.0.0:4566 \
    AWSIM_ALLOW_REMOTE=1 \
    AWS_DEFAULT_REGION=us-east-1 \
    PYTHONUNBUFFERED=1
EXPOSE 4566
VOLUME ["/var/lib/awsim"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=5 \
    CMD ["/opt/awsim/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4566/_awsim/health', timeout=2)"]
ENTRYPOINT ["/opt/awsim/bin/awsim"]
CMD ["serve"]
