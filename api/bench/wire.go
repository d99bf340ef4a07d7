package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// reply is an HTTP/1.1 answer as it lies in a buffer.
type reply struct {
	status int
	tag    []byte // ETag, of the buffer
	body   []byte // of the buffer; chunks are joined
	size   int    // bytes of the whole answer on the wire
}

var errNoAnswer = errors.New("what came is no HTTP answer")

// parseReply reads an answer from the beginning of a buffer; it is not whole as
// long as more bytes of it have to come. Load has to cost little beside what
// it measures: net/http's client takes more of a core than the server it asks.
func parseReply(b []byte) (r reply, whole bool, err error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return r, false, nil
	}
	head := b[:end+2]
	if len(head) < len("HTTP/1.1 200\r\n") || !bytes.HasPrefix(head, []byte("HTTP/1.")) {
		return r, false, errNoAnswer
	}
	if r.status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return r, false, errNoAnswer
	}
	r.tag = field(head, "ETag")
	from := end + 4
	switch {
	case r.status == 304 || r.status == 204:
		r.size = from
		return r, true, nil
	case bytes.EqualFold(field(head, "Transfer-Encoding"), []byte("chunked")):
		return chunked(r, b, from)
	}
	length, err := strconv.Atoi(string(field(head, "Content-Length")))
	if err != nil {
		return r, false, fmt.Errorf("%w: no length", errNoAnswer)
	}
	if r.size = from + length; len(b) < r.size {
		return r, false, nil
	}
	r.body = b[from:r.size]
	return r, true, nil
}

// field is the value of a header field, without regard to its case.
func field(head []byte, name string) []byte {
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) > len(name) && line[len(name)] == ':' && bytes.EqualFold(line[:len(name)], []byte(name)) {
			return bytes.TrimSpace(line[len(name)+1:])
		}
	}
	return nil
}

// chunked joins the chunks of a body (RFC 9112, section 7.1).
func chunked(r reply, b []byte, from int) (reply, bool, error) {
	for at := from; ; {
		line := bytes.Index(b[at:], []byte("\r\n"))
		if line < 0 {
			return r, false, nil
		}
		length, err := strconv.ParseUint(string(b[at:at+line]), 16, 31)
		if err != nil {
			return r, false, errNoAnswer
		}
		at += line + 2
		if len(b) < at+int(length)+2 {
			return r, false, nil
		}
		if length == 0 {
			r.size = at + 2
			return r, true, nil
		}
		r.body = append(r.body, b[at:at+int(length)]...)
		at += int(length) + 2
	}
}

// line is one connection that is kept, and asks one thing after the other.
type line struct {
	conn   net.Conn
	buffer []byte
}

// patience is how long an answer is waited for.
const patience = 60 * time.Second

func dial(address string) (*line, error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	return &line{conn: conn, buffer: make([]byte, 0, 64<<10)}, err
}

// ask sends a request and reads the answer, which holds until the next one.
func (l *line) ask(request []byte) (reply, error) {
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return reply{}, err
	}
	if _, err := l.conn.Write(request); err != nil {
		return reply{}, err
	}
	l.buffer = l.buffer[:0]
	for {
		if len(l.buffer) == cap(l.buffer) {
			l.buffer = append(l.buffer, 0)[:len(l.buffer)]
		}
		n, err := l.conn.Read(l.buffer[len(l.buffer):cap(l.buffer)])
		l.buffer = l.buffer[:len(l.buffer)+n]
		if err != nil {
			return reply{}, err
		}
		if r, whole, err := parseReply(l.buffer); whole || err != nil {
			return r, err
		}
	}
}

func (l *line) close() { _ = l.conn.Close() }

// request is the text of an HTTP/1.1 request; fields are whole lines.
func request(method, host, path string, body []byte, fields ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	if body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}
