// What decoders within DCMTK complain of while they go on and make up pixels.
#pragma once
#include <string>

/// The first complaint of this thread's decoders, since it was cleared, that means lost pixels.
std::string &decoder_warning();

/// Listens to DCMTK's log, and keeps it from standard error.
void listen_to_decoders();
