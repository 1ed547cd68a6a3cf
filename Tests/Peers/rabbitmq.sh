#!/bin/sh
# Starts a RabbitMQ of its own with Web STOMP: rabbitmq.sh FOLDER PORT. Prints `listening:PORT` when it is there.
# PORT + 1 and + 2 are Erlang's own, PORT + 3 is STOMP over TCP. The virtual host has the name that a client's CONNECT gives.
set -eu
folder=$1
port=$2
mkdir -p "$folder"
# A crash leaves its dump where it runs.
cd "$folder"
printf '[rabbitmq_web_stomp].\n' >"$folder/enabled_plugins"
cat >"$folder/rabbitmq.conf" <<END
listeners.tcp = none
stomp.listeners.tcp.1 = 127.0.0.1:$((port + 3))
default_vhost = 127.0.0.1
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = $port
END
export HOME="$folder" RABBITMQ_NODENAME="issplus-$port@localhost" RABBITMQ_MNESIA_BASE="$folder/mnesia" \
  RABBITMQ_LOG_BASE="$folder/log" RABBITMQ_ENABLED_PLUGINS_FILE="$folder/enabled_plugins" \
  RABBITMQ_CONFIG_FILE="$folder/rabbitmq" RABBITMQ_PID_FILE="$folder/pid" RABBITMQ_DIST_PORT=$((port + 1)) \
  ERL_EPMD_PORT=$((port + 2)) ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +sbwt none"
# The distribution's script changes to the user rabbitmq; the program itself does not.
server=$(ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server | tail -1)
"$server" >"$folder/out" 2>&1 &
child=$!
# The server's script has Erlang as its child, and Erlang has left its port mapper behind, which stays while a node is there.
end() {
  kill -9 $child $(cat "$folder/pid" 2>/dev/null) 2>/dev/null || true
  tries=0
  until ERL_EPMD_PORT=$((port + 2)) epmd -kill >/dev/null 2>&1 || [ $tries -ge 20 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}
trap end EXIT INT TERM
while kill -0 $child 2>/dev/null; do
  if grep -q "completed with" "$folder/out" 2>/dev/null; then
    echo "listening:$port"
    # Ends with the one who started it: then this end of file comes.
    cat >/dev/null
    exit 0
  fi
  sleep 0.2
done
cat "$folder/out" >&2
exit 1
