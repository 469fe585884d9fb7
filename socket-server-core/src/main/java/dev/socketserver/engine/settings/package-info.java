/**
 * What other settings of a server or client change, and which of that only a restart can.
 * Knows specifications only, and depends on no other room. For the engine, not for
 * applications.
 */
@NullMarked
package dev.socketserver.engine.settings;

import org.jspecify.annotations.NullMarked;
