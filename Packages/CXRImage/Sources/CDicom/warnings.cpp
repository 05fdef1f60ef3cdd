#ifdef CXR_DICOM

#include "warnings.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/oflog/appender.h>
#include <dcmtk/oflog/oflog.h>
#include <dcmtk/oflog/spi/logevent.h>

namespace {

/// The words of the Independent JPEG Group's library for data that it had to do without.
constexpr const char *LOSSES[] = {"premature end", "Premature end", "bad Huffman code",
                                  "found marker"};

class Listener : public dcmtk::log4cplus::Appender {
 public:
  ~Listener() override { destructorImpl(); }
  void close() override {}

 protected:
  void append(const dcmtk::log4cplus::spi::InternalLoggingEvent &event) override {
    const std::string text(event.getMessage().c_str());
    for (const char *loss : LOSSES)
      if (text.find(loss) != std::string::npos && decoder_warning().empty())
        decoder_warning() = text;
  }
};

}  // namespace

std::string &decoder_warning() {
  thread_local std::string warning;
  return warning;
}

void listen_to_decoders() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  dcmtk::log4cplus::Logger decoders = dcmtk::log4cplus::Logger::getInstance("dcmtk.dcmjpeg");
  decoders.setLogLevel(dcmtk::log4cplus::WARN_LOG_LEVEL);
  decoders.setAdditivity(false);
  decoders.addAppender(dcmtk::log4cplus::SharedAppenderPtr(new Listener));
}

#endif
