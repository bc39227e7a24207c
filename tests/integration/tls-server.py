"""A small web server for HttpClientTest: HTTPS and HTTP on two loopback ports, which it prints. Ends with its stdin."""
import http.server
import json
import ssl
import sys
import threading
import time
import zlib


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body="", headers=()):
        data = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/redirect":
            self.answer(302, "moved", [("Location", "/who"), ("Set-Cookie", "seen=redirect; Path=/")])
        elif path == "/to-https":
            self.answer(301, "moved", [("Location", "https://odoo-host/who")])
        elif path == "/away":
            self.answer(302, "moved", [("Location", "https://elsewhere.example/")])
        elif path == "/login":
            self.answer(200, "in", [("Set-Cookie", "session=s3cret; Path=/; Secure"), ("X-Twice", "a"), ("X-Twice", "b")])
        elif path == "/silent":
            time.sleep(600)
        elif path == "/cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            self.close_connection = True
        elif path in ("/endless", "/endless-zip", "/endless-headers"):
            self.endless(path)
        elif path == "/missing":
            self.answer(404, "no such page")
        else:
            self.echo("")

    def endless(self, path):
        """Sends until the other side has had enough."""
        self.close_connection = True
        zipped = zlib.compressobj(wbits=31) if path == "/endless-zip" else None
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if path == "/endless-headers":
            while True:
                self.wfile.write(b"X-More: " + 1000 * b"x" + b"\r\n")
        if zipped:
            self.wfile.write(b"Content-Encoding: gzip\r\n")
        self.wfile.write(b"Connection: close\r\n\r\n")
        piece = bytes(1 << 20)
        while True:
            self.wfile.write(zipped.compress(piece) if zipped else piece)

    def do_POST(self):
        self.echo(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    do_PUT = do_POST

    def echo(self, body):
        self.answer(200, json.dumps({
            "method": self.command, "path": self.path, "body": body,
            "tls": isinstance(self.connection, ssl.SSLSocket),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }))


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # clients that refuse the certificate are part of the tests


def serve(context):
    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
print(serve(context), serve(None), flush=True)
sys.stdin.read()
