/**
 * Logging that cannot harm: the only logger of core, which never throws, limits that keep
 * one cause from filling the log, text of peers that cannot forge lines, and the names of
 * server and session in the diagnostic context. Depends on no other room. For the engine,
 * not for applications.
 */
@NullMarked
package dev.socketserver.engine.log;

import org.jspecify.annotations.NullMarked;
