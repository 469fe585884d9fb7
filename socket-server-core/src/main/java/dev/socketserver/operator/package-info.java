/**
 * What operators and their tools see and do beyond what an application needs: sessions
 * that have ended, operations on servers and sessions, the parts of a session's id, an
 * observer of messages. Uses the root package, which does not know this one.
 */
@NullMarked
package dev.socketserver.operator;

import org.jspecify.annotations.NullMarked;
