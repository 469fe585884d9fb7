/**
 * What other settings of a server change, and which of that only a restart can. Depends
 * on no other room; it knows specifications only. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.settings;

import org.jspecify.annotations.NullMarked;
