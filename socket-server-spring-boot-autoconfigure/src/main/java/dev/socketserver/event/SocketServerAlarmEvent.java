package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener.Alarm;
import org.jspecify.annotations.Nullable;

/**
 * A problem of a server needs attention. Published once when the problem begins, and
 * again only after it was over, or after a pause that depends on its kind.
 *
 * @param server the server
 * @param kind the kind of alarm
 * @param detail what has happened, with its figures, for people; contains nothing that a
 * peer has sent
 * @param cause the failure behind it, or {@code null} if there is none
 */
public record SocketServerAlarmEvent(SocketServer server, Alarm.Kind kind, String detail, @Nullable Throwable cause) {

}
